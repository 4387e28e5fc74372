// SPDX-License-Identifier: Apache-2.0
//
// Every page of the desk with somebody who may see it: what must hold of all of them is tested on these.
export function pagesOf(server, ids) {
    const inCase = `/cases/${server.case}`;
    return [
        ["ann", "/cases"],
        ["ann", inCase],
        ["bob", `${inCase}/review`],
        ["ann", `${inCase}/media`],
        ["ann", `${inCase}/media/${ids.media}`],
        ["ann", `${inCase}/stacks`],
        ["ann", `${inCase}/stacks/${ids.stack}`],
        ["ann", `${inCase}/who`],
        ["ann", `${inCase}/links`],
        ["ann", `${inCase}/enquiries`],
        ["ann", `${inCase}/identifiers`],
        ["ann", `${inCase}/record`],
        ["ann", `${inCase}/report`],
        ["ann", `${inCase}/settings`],
        ["ann", "/search"],
        ["ann", "/series"],
        ["ann", `/series/${ids.series}`],
        ["ann", "/victims"],
        ["ann", `/victims/${ids.victim}`],
        ["cur", "/sets"],
        ["cur", `/sets/${ids.set}`],
        ["ann", "/statistics"],
        ["aud", "/audit"],
        ["adm", "/administration"],
        ["ann", "/outcomes"],
        ["ann", "/account"],
        ["ann", "/help"],
        ["ann", "/leaving"],
    ];
}

// Something to see on each: a series, a victim, an identifier; the ids of one of each kind.
export async function furnish(server) {
    const inCase = `/cases/${server.case}`;
    const first = async (who, path) => (await server.call(who, "GET", path)).items[0];
    const stack = await first("ann", `${inCase}/stacks?limit=1`);
    const media = await first("ann", `${inCase}/media?limit=1`);
    const series =
        (await first("ann", "/series?limit=1")) ?? (await server.call("ann", "POST", "/series", { name: "lamp" }));
    const victim =
        (await first("ann", "/victims?limit=1")) ??
        (await server.call("ann", "POST", "/victims", { reference: "V 1" }));
    const set = await first("cur", "/sets");
    return {
        stack: stack.stack ?? stack.id,
        media: media.media ?? media.id,
        series: series.id,
        victim: victim.id,
        set: set.id,
    };
}
