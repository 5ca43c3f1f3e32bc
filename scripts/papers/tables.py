# SPDX-License-Identifier: Apache-2.0
"""The tables of apnn_tc.py: Markdown, a unit in every column."""
import cycle_model

# The chip's own memory, and one with ten times its bandwidth.
MEMORIES = ["LPDDR4-3200", "HBM2-2000"]
SLOW, FAST = MEMORIES


def count(value):
    return f"{value:,}"


def real(value, digits=2):
    return f"{value:,.{digits}f}"


def table(columns, rows):
    lines = ["| " + " | ".join(columns) + " |",
             "|" + "|".join(" --- " if i == 0 else " ---: " for i in range(len(columns))) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def introduction(results):
    clock = next(iter(results.values()))["clock_hz"] / 1e6
    speeds = [f"{name} {speed / 1e9:.1f} GB/s" for name, speed in
              {key[-1]: r["dram_bandwidth_bytes_per_s"] for key, r in results.items()}.items()]
    return "\n".join([
        "# APNN-TC (SC'21) on the bit-serial chip: tables",
        "",
        "Written by `scripts/papers/apnn_tc.py`; what they say is in README.md.",
        f"Chip `apnn_tc` at {clock:.0f} MHz: {count(cycle_model.LANES)} one-bit products a cycle. "
        "int4, int8: chip `ant` with 128 x 256 4-bit PEs, as many one-bit products a cycle, "
        "512 KiB in each of its four buffers and everything else as in `apnn_tc`.",
        f"Memories: {', '.join(speeds)}. Batch 1, random codes, cycles of one inference.",
    ])


def shape_of(experiment, size):
    """(M, N, K) of a point of a sweep."""
    return (64, size, size) if experiment == "gemm" else (256, size, 9 * size)


def sweep(experiment, results, variants, paper):
    sizes = sorted({key[1] for key in results if key[0] == experiment})
    names = [v for v in variants if (experiment, sizes[0], v, SLOW) in results]
    title = {"gemm": "GEMM, M = 64, N = K", "convolution": "Convolution 3x3 on 16x16, C = N"}
    return "\n\n".join([f"## {title[experiment]}",
                        headline(experiment, sizes, results, variants, paper),
                        "Every run:",
                        every_run(experiment, sizes, names, results, variants)])


def headline(experiment, sizes, results, variants, paper):
    """w1a2 against int4, beside the paper's."""
    figures = paper[experiment]
    axis = figures.get("n_equals_k") or figures["channels"]
    flat = (experiment, sizes[0], "int4_64x512", SLOW) in results
    columns = ["N = K" if experiment == "gemm" else "C",
               "w1a2, array alone [cycles]", "int4, array alone [cycles]", "speed-up, array alone"]
    if flat:
        columns += ["speed-up, array alone, int4 on 64 x 512 PEs"]
    columns += [f"speed-up, layer, {memory}" for memory in MEMORIES]
    columns += ["paper: int4 [TOPS]", "paper: w1a2 [TOPS]", "paper: speed-up"]
    rows = []
    for size in sizes:
        shape = shape_of(experiment, size)
        ours = variants["w1a2"].array_cycles(*shape)
        theirs = variants["int4"].array_cycles(*shape)
        row = [count(size), count(ours), count(theirs), real(theirs / ours)]
        if flat:
            row.append(real(variants["int4_64x512"].array_cycles(*shape) / ours))
        for memory in MEMORIES:
            row.append(real(results[experiment, size, "int4", memory]["cycles"] /
                            results[experiment, size, "w1a2", memory]["cycles"]))
        i = axis.index(size)
        int4, w1a2 = figures["cutlass_int4_tops"][i], figures["apnn_w1a2_tops"][i]
        rows.append(row + [real(int4), real(w1a2), real(w1a2 / int4)])
    return table(columns, rows)


def every_run(experiment, sizes, names, results, variants):
    columns = ["variant", "N = K" if experiment == "gemm" else "C", "array alone [cycles]",
               f"array, {SLOW} [cycles]", f"layer, {SLOW} [cycles]", f"array, {FAST} [cycles]",
               f"layer, {FAST} [cycles]", f"logical rate, {FAST} [TOPS]",
               f"binary rate, {FAST} [TOPS]", f"used, {FAST} [%]", f"energy, {SLOW} [uJ]",
               "array alone over int4", "array alone over int8", f"layer over int4, {FAST}",
               f"layer over int8, {FAST}"]
    rows = []
    for name in names:
        variant = variants[name]
        for size in sizes:
            shape = shape_of(experiment, size)
            slow, fast = (results[experiment, size, name, memory] for memory in MEMORIES)
            alone = variant.array_cycles(*shape)
            p, q = variant.bits
            row = [name, count(size), count(alone)]
            for result in (slow, fast):
                row += [count(result["array_cycles"]), count(result["cycles"])]
            row += [real(fast["tops"], 3), real(fast["tops"] * p * q, 2),
                    real(100 * fast["utilization"]), real(slow["energy_pj"] / 1e6, 3)]
            for base in ("int4", "int8"):
                row.append(real(variants[base].array_cycles(*shape) / alone))
            for base in ("int4", "int8"):
                row.append(real(results[experiment, size, base, FAST]["cycles"] / fast["cycles"]))
            rows.append(row)
    return table(columns, rows)


def alone(variant, layer, batch=1):
    """Array cycles of a layer for a whole batch, 0 for one without products."""
    shape = cycle_model.gemm_of(layer)
    return variant.array_cycles(batch * shape[0], *shape[1:3]) if shape else 0


def by_channels(variant, layer, batch):
    """The same with K packed in channels only, as the kernels of APNN-TC do."""
    shape = cycle_model.gemm_of(layer)
    if not shape:
        return 0
    m, n, k, taps, channels = shape
    return cycle_model.apnn(batch * m, n, k, *variant.bits,
                            words=cycle_model.channel_words(taps, channels))


def networks(names, results, variants, paper):
    parts = ["## Networks", totals(names, results, variants, paper)]
    for name in names:
        parts += [f"### {name}, w1a2, by layer", layers(name, results, variants["w1a2"], paper)]
    return "\n\n".join(parts)


def totals(names, results, variants, paper):
    figures = paper["networks"]
    columns = ["network", "variant", "array alone [cycles]"]
    for memory in MEMORIES:
        columns += [f"{memory} [cycles]", f"{memory} [ms]"]
    columns += [f"energy, {SLOW} [mJ]", "array alone over int4", "array alone over int8",
                f"over int4, {FAST}", f"over int8, {FAST}", "paper: batch of 8 [ms]",
                "paper: over fp32", "paper: over fp16"]
    rows = []
    for i, name in enumerate(names):
        base = {b: sum(alone(variants[b], layer) for layer in results[name, b, SLOW]["layers"])
                for b in ("int4", "int8")}
        for variant in [v for v in variants if (name, v, SLOW) in results]:
            slow, fast = (results[name, variant, memory] for memory in MEMORIES)
            own = sum(alone(variants[variant], layer) for layer in slow["layers"])
            row = [name, variant, count(own)]
            for result in (slow, fast):
                row += [count(result["cycles"]), real(result["latency_s"] * 1e3, 3)]
            row.append(real(slow["energy_pj"] / 1e9, 3))
            row += [real(base[b] / own) for b in ("int4", "int8")]
            row += [real(results[name, b, FAST]["cycles"] / fast["cycles"])
                    for b in ("int4", "int8")]
            published = figures["apnn_w1a2_ms"][i]
            if variant == "w1a2":
                row += [real(published), real(figures["cutlass_fp32_ms"][i] / published),
                        real(figures["cutlass_fp16_ms"][i] / published)]
            else:
                row += ["", "", ""]
            rows.append(row)
    return table(columns, rows)


def layers(name, results, variant, paper):
    slow, fast = (results[name, variant.name, memory] for memory in MEMORIES)
    batch = paper["networks"]["batch"]
    published = {}
    if name == "alexnet":
        published = dict(zip(paper["alexnet_layers"]["names"],
                             paper["alexnet_layers"]["apnn_w1a2_ms"]))
    columns = ["layer", "shape [elements]"]
    for title in ("array alone", f"array alone, batch of {batch}",
                  f"array alone, batch of {batch}, K packed by channels",
                  f"layer, {SLOW}", f"layer, {FAST}"):
        columns += [f"{title} [cycles]", "share [%]"]
    if published:
        columns += [f"paper, batch of {batch} [ms]", "share [%]"]
    names, shapes, values = [], [], []
    for a, b in zip(slow["layers"], fast["layers"]):
        if a["cycles"]:
            names.append(a["name"])
            shapes.append(a["shape"])
            values.append([alone(variant, a), alone(variant, a, batch),
                           by_channels(variant, a, batch), a["cycles"], b["cycles"]])
    totals_ = [sum(column) for column in zip(*values)]
    rows = []
    for label, shape, row in zip(names + ["total"], shapes + [""], values + [totals_]):
        cells = [label, shape]
        for value, total in zip(row, totals_):
            cells += [count(value), real(100 * value / total, 1)]
        if published:
            all_ms = sum(published.values())
            ms = all_ms if label == "total" else published.get(label)
            cells += ["", ""] if ms is None else [real(ms, 3), real(100 * ms / all_ms, 1)]
        rows.append(cells)
    return table(columns, rows)
