// SPDX-License-Identifier: Apache-2.0
//
// Numbers, sizes and times for people: numbers grouped, sizes in powers of 1,024, times in the
// person's zone with the zone beside them, durations in two units at most.
import { text } from "./text.ts";

const grouped = new Intl.NumberFormat(text.locale);
const percentFormat = new Intl.NumberFormat(text.locale, { style: "percent", maximumFractionDigits: 1 });
const timeFormat = new Intl.DateTimeFormat(text.locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
});
const minuteFormat = new Intl.DateTimeFormat(text.locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
});
const dayFormat = new Intl.DateTimeFormat(text.locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    timeZone: "UTC",
});

export function number(value: number): string {
    return grouped.format(value);
}

// 0.25 -> "25%"; what is neither nothing nor all is not said to be.
export function percent(share: number): string {
    if (share > 0 && share < 0.001) return `< ${percentFormat.format(0.001)}`;
    if (share < 1 && share > 0.999) return `> ${percentFormat.format(0.999)}`;
    return percentFormat.format(share);
}

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export function size(bytes: number): string {
    let value = bytes;
    let unit = 0;
    while (value >= 1024 && unit < SIZES.length - 1) {
        value /= 1024;
        unit++;
    }
    const digits = unit === 0 || value >= 100 ? 0 : 1;
    return `${new Intl.NumberFormat(text.locale, { maximumFractionDigits: digits }).format(value)} ${SIZES[unit]}`;
}

// RFC 3339 in, "22 Nov 2026, 08:14:07 CET" out.
export function time(when: string): string {
    return timeFormat.format(new Date(when));
}

export function minute(when: string): string {
    return minuteFormat.format(new Date(when));
}

// "2026-11-22", a day in UTC.
export function day(when: string): string {
    return dayFormat.format(new Date(`${when.slice(0, 10)}T00:00:00Z`));
}

const DURATIONS: [number, (count: number) => string][] = [
    [86400, text.units.days],
    [3600, text.units.hours],
    [60, text.units.minutes],
    [1, text.units.seconds],
];

// 5,400 -> "1 hour 30 minutes".
export function duration(seconds: number): string {
    let rest = Math.max(0, Math.round(seconds));
    const parts: string[] = [];
    for (const [length, name] of DURATIONS) {
        const count = Math.floor(rest / length);
        if (count > 0) parts.push(name(count));
        rest -= count * length;
        if (parts.length === 2) break;
    }
    return parts.length > 0 ? parts.join(" ") : text.units.seconds(0);
}

// Of a film: 83,500 -> "01:23.5", "1:02:03".
export function clock(milliseconds: number): string {
    const whole = Math.floor(milliseconds / 1000);
    const tenth = Math.floor((milliseconds % 1000) / 100);
    const two = (value: number) => String(value).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    const base = hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${two(minutes)}:${two(whole % 60)}`;
    return tenth > 0 ? `${base}.${tenth}` : base;
}
