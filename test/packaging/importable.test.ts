import { expect, test } from "vitest"

import { importableModules } from "../../src/packaging/importable.ts"

test.each([
  [
    "a package",
    ["rocket/__init__.py", "rocket/stage.py", "rocket-1.0.dist-info/RECORD"],
    ["rocket"],
  ],
  ["a module", ["rocket.py"], ["rocket"]],
  ["an extension", ["rocket.cpython-311-x86_64-linux-gnu.so"], ["rocket"]],
  ["an extension of Windows", ["rocket.cp311-win_amd64.pyd"], ["rocket"]],
  ["a package whose __init__ is compiled", ["rocket/__init__.abi3.so"], ["rocket"]],
  ["several, sorted", ["b.py", "a/__init__.py"], ["a", "b"]],
  ["private ones beside others", ["_rocket.abi3.so", "rocket/__init__.py"], ["rocket"]],
  ["only a private one", ["_rocket.abi3.so"], ["_rocket"]],
  [
    "data, folders without __init__ and libraries",
    ["x.pth", "names/space/__init__.py", "x.libs/libz.so.1"],
    [],
  ],
  ["names that are none", ["1a.py", "a-b/__init__.py", "a b.py"], []],
])("%s", (_, members, modules) => {
  expect(importableModules(members)).toEqual(modules)
})
