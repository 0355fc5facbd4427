import { describe, expect, it } from 'vitest';
import { TARGETS, targetFor, wrongPackage } from '../../protocol/platform.ts';

const LINUX = { platform: 'linux', arch: 'x64' };

describe('targetFor', () => {
  it('is the platform, or universal if ONNX Runtime does not support it', () => {
    expect(targetFor(LINUX)).toBe('linux-x64');
    expect(targetFor({ platform: 'darwin', arch: 'x64' })).toBe('universal');
    expect(targetFor({ platform: 'linux', arch: 'arm' })).toBe('universal');
  });
});

describe('wrongPackage', () => {
  it.each([undefined, 'universal', 'linux-x64'])('has nothing against %s on Linux x64', (packaged) => {
    expect(wrongPackage(packaged, LINUX)).toBeNull();
  });

  it.each([...TARGETS.filter((target) => !['universal', 'linux-x64'].includes(target)), 7])(
    'names the right package if %s is installed on Linux x64',
    (packaged) => {
      const message = wrongPackage(packaged, LINUX);
      expect(message).toContain(`installed for ${packaged},`);
      expect(message).toContain('needs the package for linux-x64');
    },
  );

  it('sends a computer without ONNX Runtime to the universal package', () => {
    expect(wrongPackage('darwin-arm64', { platform: 'darwin', arch: 'x64' })).toContain('prompt-travel-universal.vsix');
  });
});
