const LISTED = new Set([
  "any",
  "win32",
  "win_arm64",
  "win_amd64",
  "win_ia64",
  "manylinux1_x86_64",
  "manylinux1_i686",
  "manylinux2010_x86_64",
  "manylinux2010_i686",
  "manylinux2014_x86_64",
  "manylinux2014_i686",
  "manylinux2014_aarch64",
  "manylinux2014_armv7l",
  "manylinux2014_ppc64",
  "manylinux2014_ppc64le",
  "manylinux2014_s390x",
  "linux_armv6l",
  "linux_armv7l",
])

const LINUX = "x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64"
const MAC = "ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2"

const PATTERNS: readonly RegExp[] = [
  new RegExp(`^manylinux_[0-9]+_[0-9]+_(?:${LINUX}|ppc64)$`),
  new RegExp(`^musllinux_[0-9]+_[0-9]+_(?:${LINUX})$`),
  new RegExp(`^macosx_10_[0-9]+_(?:${MAC})$`),
  new RegExp(`^macosx_(?:11|12|13|14|15|26)_0_(?:${MAC})$`),
  /^ios_[0-9]+_[0-9]+_(?:arm64|x86_64)_(?:iphoneos|iphonesimulator)$/,
  /^android_[0-9]+_(?:armeabi_v7a|arm64_v8a|x86|x86_64)$/,
  // PEP 783.
  /^pyemscripten_[0-9]+_[0-9]+_wasm32$/,
]

/** Whether PyPI takes wheels for a platform tag. A plain `linux_x86_64` it does not: it says nothing of the libraries that are needed. */
export function isPlatformOfPypi(tag: string): boolean {
  return LISTED.has(tag) || PATTERNS.some((pattern) => pattern.test(tag))
}
