#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints workloads/import/onnx_schema_table.cpp from the schemas of the onnx package (PyPI).

usage: onnx_schemas.py OPERATOR ... > workloads/import/onnx_schema_table.cpp
Give every operator of the importer (OnnxImporter::rules, and Constant).
"""
import sys

import onnx
from onnx import defs, helper

UNLIMITED = 2147483647

HEAD = """// SPDX-License-Identifier: Apache-2.0
// Made by scripts/onnx_schemas.py from the schemas of ONNX {version}; not edited by hand.
#include "workloads/import/onnx_schema.h"

namespace bitloom {{

const std::int64_t newest_onnx_opset = {opset}, newest_onnx_ir_version = {ir};

// clang-format off
std::span<const OnnxSchemaRow> onnx_schema_rows() {{
    constexpr std::int64_t unlimited = {unlimited};
    static constexpr OnnxSchemaRow rows[] = {{"""

TAIL = """    };
    return rows;
}
// clang-format on

}  // namespace bitloom"""


def attribute(name, schema):
    text = f"{name}:{str(schema.type).split('.')[-1]}"
    if schema.required:
        text += "!"
    if schema.default_value.name:
        value = helper.get_attribute_value(schema.default_value)
        text += "=" + (value.decode() if isinstance(value, bytes) else f"{value:.9g}")
    return text


def rows(operators):
    last = None
    history = defs.get_all_schemas_with_history()
    for s in sorted(history, key=lambda s: (s.name, s.since_version)):
        if s.domain != "" or s.name not in operators:
            continue
        attributes = " ".join(attribute(n, a) for n, a in sorted(s.attributes.items()))
        limits = [str(n) if n != UNLIMITED else "unlimited"
                  for n in (s.min_input, s.max_input, s.min_output, s.max_output)]
        row = (s.name, limits, attributes)
        if row != last:  # else only element types changed
            yield f'        {{"{s.name}", {s.since_version}, {", ".join(limits)}, "{attributes}"}},'
        last = row


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(HEAD.format(version=onnx.__version__, opset=defs.onnx_opset_version(),
                      ir=onnx.IR_VERSION, unlimited=UNLIMITED))
    print("\n".join(rows(set(sys.argv[1:]))))
    print(TAIL)
