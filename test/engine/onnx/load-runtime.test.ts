import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../engine/failure.ts';
import { loadRuntime, type RuntimeComputer } from '../../../engine/onnx/load-runtime.ts';

const DEBIAN: RuntimeComputer = { platform: 'linux', arch: 'x64', glibc: '2.36' };
const WINDOWS: RuntimeComputer = { platform: 'win32', arch: 'x64', glibc: null };

/** What a render reports if the native code cannot be loaded, for the reason that Node gives. */
async function reported(reason: string, computer: RuntimeComputer): Promise<string> {
  const failing = loadRuntime(
    () => Promise.reject(new Error(reason)),
    () => computer,
  );
  const failure = failureOf(await failing.catch((error: unknown) => error));
  expect(failure.kind).toBe('unsupported');
  return failure.message;
}

const MISSING = "Cannot find module '../bin/napi-v6/linux/x64/onnxruntime_binding.node'\nRequire stack:\n- /a/b.js";

describe('ONNX Runtime', () => {
  it('is loaded', async () => {
    expect((await loadRuntime()).InferenceSession).toBeDefined();
  });

  it.each<[string, string, RuntimeComputer, RegExp]>([
    [
      'a Mac with an Intel processor',
      MISSING,
      { platform: 'darwin', arch: 'x64', glibc: null },
      /Intel.*Apple silicon/,
    ],
    ['Alpine', 'Error loading shared library ld-linux-x86-64.so.2', { ...DEBIAN, glibc: null }, /glibc.*Alpine/],
    ['another processor', MISSING, { ...DEBIAN, arch: 'riscv64' }, /does not support linux-riscv64/],
    [
      'an old Linux',
      "/lib/libm.so.6: version `GLIBC_2.27' not found (required by libonnxruntime.so.1)",
      { ...DEBIAN, glibc: '2.17' },
      /glibc 2\.28.*has glibc 2\.17; update it/,
    ],
    [
      'a Linux without a library',
      'libstdc++.so.6: cannot open shared object file: No such file or directory',
      DEBIAN,
      /needs libstdc\+\+\.so\.6.*package manager/,
    ],
    [
      'a Windows without the Visual C++ runtime',
      '\\\\?\\C:\\x\\onnxruntime_binding.node: The specified module could not be found.',
      WINDOWS,
      /Visual C\+\+ Redistributable; install https:\/\/aka\.ms\/vs\/17\/release\/vc_redist\.x64\.exe/,
    ],
    [
      'a Windows with an old Visual C++ runtime',
      'A dynamic link library (DLL) initialization routine failed.',
      WINDOWS,
      /Visual C\+\+ Redistributable/,
    ],
    ['a package of another platform', MISSING, DEBIAN, /files for linux-x64 are missing.*package of Prompt Travel for/],
    [
      'a library that was removed',
      'libonnxruntime.so.1: cannot open shared object file: No such file or directory',
      DEBIAN,
      /files for linux-x64 are missing/,
    ],
    ['something else', 'invalid ELF header', DEBIAN, /install Prompt Travel again.*invalid ELF header/],
  ])('names what is missing on %s', async (_, reason, computer, expected) => {
    const message = await reported(reason, computer);
    expect(message).toMatch(expected);
    expect(message).not.toContain('\n');
  });
});
