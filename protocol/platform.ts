/*
 * The computers that the extension has packages for. What renders is native code, so a package holds that of one
 * operating system and processor.
 */

/** Operating systems and processors that ONNX Runtime has native code for, named as in VS Code's Marketplace. */
export const MACHINE_TARGETS = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'] as const;
export type MachineTarget = (typeof MACHINE_TARGETS)[number];

/** `universal` is for all other computers: everything but rendering works. `web`: what a browser loads. */
export type Target = MachineTarget | 'universal' | 'web';
export const TARGETS: readonly Target[] = ['universal', ...MACHINE_TARGETS, 'web'];

/** As in Node's `process`. */
export interface Computer {
  readonly platform: string;
  readonly arch: string;
}

/** The version of glibc in Node's `process.report.getReport()`; null: another C library, as in Alpine, or not Linux. */
export function glibcIn(report: object): string | null {
  const { header } = report as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime ?? null;
}

/** The package for a computer. */
export function targetFor({ platform, arch }: Computer): MachineTarget | 'universal' {
  return MACHINE_TARGETS.find((target) => target === `${platform}-${arch}`) ?? 'universal';
}

/**
 * Why an installed package is the wrong one, and which one is right; null if it is right.
 *
 * @param packaged `packageTarget` of its manifest; undefined while it is developed
 */
export function wrongPackage(packaged: unknown, computer: Computer): string | null {
  const right = targetFor(computer);
  if (packaged === undefined || packaged === 'universal' || packaged === right) return null;
  return (
    `Prompt Travel was installed for ${String(packaged)}, but this computer needs the package for ${right}. ` +
    `Uninstall it, and install it from the Extensions view, or from the file prompt-travel-${right}.vsix.`
  );
}
