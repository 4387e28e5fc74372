// SPDX-License-Identifier: Apache-2.0

// A clew: a ball of thread. Decoration beside the name.
export function Mark() {
    return (
        <svg
            viewBox="0 0 32 32"
            fill="none"
            stroke="currentColor"
            stroke-width="2.4"
            stroke-linecap="round"
            aria-hidden="true"
        >
            <circle cx="14" cy="15" r="10.5" />
            <path d="M5.5 10.5c6-3.5 12-3 17.5 1M4 15.5c7-3.5 14-2.5 20 1.5M6 21.5c5-2.5 10-2 15 1" />
            <path d="M14 25.5c6 2.5 10 1.5 15 4" />
        </svg>
    );
}
