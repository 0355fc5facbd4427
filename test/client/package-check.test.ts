import { beforeEach, describe, expect, it, vi } from 'vitest';

vi.mock('vscode', () => ({ window: { showErrorMessage: vi.fn() } }));

const { window } = await import('vscode');
const { warnAboutPackage } = await import('../../client/package-check.ts');

const log = { error: vi.fn() };
beforeEach(() => vi.clearAllMocks());

/** @param packageTarget in the manifest of the installed extension */
function start(packageTarget: string | undefined): void {
  const packageJSON = packageTarget === undefined ? {} : { packageTarget };
  warnAboutPackage({ extension: { packageJSON } } as never, log as never);
}

describe('a window that starts', () => {
  it('shows that the package is that of another platform, and logs it', () => {
    const other = process.platform === 'win32' ? 'linux-arm64' : 'win32-arm64';
    start(other);
    const message = expect.stringContaining(`installed for ${other}, but this computer needs the package for`);
    expect(window.showErrorMessage).toHaveBeenCalledExactlyOnceWith(message);
    expect(log.error).toHaveBeenCalledExactlyOnceWith(message);
  });

  it.each([undefined, 'universal'])('shows nothing for the package %s', (target) => {
    start(target);
    expect(window.showErrorMessage).not.toHaveBeenCalled();
  });
});
