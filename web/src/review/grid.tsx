// SPDX-License-Identifier: Apache-2.0
//
// A grid of any number of tiles of one size, of which only the rows in view and a few beside them
// exist. The grid itself has the focus and names the current tile (aria-activedescendant), so focus
// survives scrolling; the current tile's row always exists.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { classes } from "../ui/parts.tsx";
import { TileView, type TileProps } from "./tile-view.tsx";

// Engines give up on taller elements, one at 33,554,428 px; above this, positions are scaled.
const TALLEST_PX = 15_000_000;
const ROWS_BESIDE = 2;
const GAP_PX = 8;

export interface GridShape {
    columns: number;
    rows: number; // that fit on the screen, at least 1
}

interface View {
    top: number; // scrollTop
    width: number;
    height: number;
}

export function Grid(props: {
    count: number;
    cursor: number;
    // Of one tile; it grows to fill the width.
    minWidth: number;
    tileHeight: number;
    label: string;
    tile: (index: number) => TileProps;
    tileClass: (index: number) => string;
    onView: (first: number, last: number) => void;
    onShape: (shape: GridShape) => void;
    onPress: (index: number, event: MouseEvent) => void;
    onOpen: (index: number) => void;
}) {
    const scroller = useRef<HTMLDivElement>(null);
    const [view, setView] = useState<View>({ top: 0, width: 0, height: 0 });
    const frame = useRef(0);

    const columns = Math.max(1, Math.floor((view.width - GAP_PX) / (props.minWidth + GAP_PX)));
    const rowHeight = props.tileHeight + GAP_PX;
    const rows = Math.ceil(props.count / columns);
    const whole = rows * rowHeight + GAP_PX;
    const tall = Math.min(whole, TALLEST_PX);
    const scale = tall === whole ? 1 : (whole - view.height) / Math.max(1, tall - view.height);
    const contentTop = view.top * scale;
    const first = Math.max(0, Math.floor(contentTop / rowHeight) - ROWS_BESIDE);
    const last = Math.min(rows - 1, Math.floor((contentTop + view.height) / rowHeight) + ROWS_BESIDE);
    const cursorRow = Math.floor(props.cursor / columns);

    useLayoutEffect(() => {
        const element = scroller.current;
        if (element === null) return;
        const look = () => {
            frame.current = 0;
            setView({ top: element.scrollTop, width: element.clientWidth, height: element.clientHeight });
        };
        const later = () => {
            if (frame.current === 0) frame.current = requestAnimationFrame(look);
        };
        look();
        element.addEventListener("scroll", later, { passive: true });
        const observer = new ResizeObserver(later);
        observer.observe(element);
        return () => {
            element.removeEventListener("scroll", later);
            observer.disconnect();
            cancelAnimationFrame(frame.current);
        };
    }, []);

    useEffect(
        () => props.onShape({ columns, rows: Math.max(1, Math.floor(view.height / rowHeight)) }),
        [columns, view.height],
    );
    useEffect(() => {
        if (view.height > 0 && rows > 0) props.onView(first * columns, Math.min(props.count, (last + 1) * columns) - 1);
    }, [first, last, columns, props.count, view.height]);
    // The current tile is brought into view, no more than needed.
    useLayoutEffect(() => {
        const element = scroller.current;
        if (element === null || view.height === 0 || props.cursor >= props.count) return;
        const top = cursorRow * rowHeight;
        const bottom = top + rowHeight + GAP_PX;
        const shown = element.scrollTop * scale;
        if (top < shown) element.scrollTop = top / scale;
        else if (bottom > shown + view.height) element.scrollTop = (bottom - view.height) / scale;
    }, [props.cursor, columns, view.height, props.count === 0]);

    const shownRows: number[] = [];
    for (let row = first; row <= last; row++) shownRows.push(row);
    if (props.cursor < props.count && (cursorRow < first || cursorRow > last)) shownRows.push(cursorRow);

    return (
        <div
            ref={scroller}
            class="grid-scroll"
            role="grid"
            tabIndex={0}
            aria-label={props.label}
            aria-rowcount={rows}
            aria-colcount={columns}
            aria-multiselectable="true"
            aria-activedescendant={props.cursor < props.count ? `tile-${props.cursor}` : undefined}
        >
            <div class="grid-tall" role="presentation" style={{ height: `${tall}px` }}>
                {shownRows.map((row) => (
                    <div
                        key={row}
                        role="row"
                        aria-rowindex={row + 1}
                        class="grid-row"
                        style={{
                            transform: `translateY(${Math.round(view.top + row * rowHeight + GAP_PX - contentTop)}px)`,
                            height: `${props.tileHeight}px`,
                            gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
                        }}
                    >
                        {Array.from({ length: Math.min(columns, props.count - row * columns) }, (_, column) => {
                            const index = row * columns + column;
                            return (
                                <div
                                    key={index}
                                    id={`tile-${index}`}
                                    role="gridcell"
                                    aria-colindex={column + 1}
                                    class={classes("tile", index === props.cursor && "current", props.tileClass(index))}
                                    onClick={(event) => props.onPress(index, event)}
                                    onDblClick={() => props.onOpen(index)}
                                >
                                    <TileView {...props.tile(index)} />
                                </div>
                            );
                        })}
                    </div>
                ))}
            </div>
        </div>
    );
}
