/**
 * The name under which GitHub stores an asset (as `gh` foresees it): without diacritics, `default` before a leading dot, and one dot for
 * each run of what is not a letter, digit or one of `-_+@`. An sdist with an epoch, `foo-1!2.0.tar.gz`, becomes `foo-1.2.0.tar.gz`.
 */
export function storedAssetName(name: string): string {
  const plain = name.normalize("NFD").replaceAll(/\p{Mn}/gu, "")
  const started = plain.startsWith(".") ? `default${plain}` : plain
  return started.replaceAll(/[^A-Za-z0-9_+@-]+/g, ".").replaceAll(/^\.+|\.+$/g, "")
}
