import { isAbsolutePath } from '../../../plan/paths.ts';
import { outputBase } from '../../clip/output-path.ts';
import { type Check, settingSpan } from '../check.ts';

/** Names in an output path that Windows cannot have: the file, or its clone on Windows, could not be rendered there. */
export const outputWindowsName: Check = {
  code: 'travel/output-windows-name',
  run(clip) {
    const { environment, settings, overridden, seed } = clip;
    const { fileName, now } = environment;
    // `--out` gives an absolute path of this computer.
    if (overridden.has('output') && isAbsolutePath(settings.output) && !DRIVE.test(settings.output)) return [];
    const path = outputBase(settings.output, { outputFolder: '.' }, { name: fileName, seed, now });
    const problem = path.replace(DRIVE, '').split(/[\\/]/).map(reasonAgainst).find(Boolean);
    if (!problem) return [];
    return [
      {
        code: this.code,
        severity: 'warning',
        message: `The output path has a name that Windows does not allow. ${problem} On Windows, the render fails or writes another file. Use another name.`,
        span: settingSpan(clip, 'output', 'extends'),
      },
    ];
  },
};

const DRIVE = /^[A-Za-z]:(?=[\\/])/;

/** Devices, with any extension. https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const DEVICE = /^(?:con|prn|aux|nul|(?:com|lpt)[1-9¹²³])(?:$|[ .])/i;

/** Why Windows cannot have a file or folder of this name; null if it can. */
function reasonAgainst(name: string): string | null {
  if (/^\.{0,2}$/.test(name)) return null;
  const forbidden = [...new Set(name.match(/[?:*"<>|]/g) ?? [])];
  if (forbidden.length > 0)
    return `“${name}” contains ${forbidden.map((character) => `“${character}”`).join(' and ')}.`;
  if (DEVICE.test(name)) return `“${name}” is the name of a device.`;
  return /[. ]$/.test(name) ? `“${name}” ends with a ${name.endsWith('.') ? 'dot' : 'space'}.` : null;
}
