import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { temporaryFolder } from '../media/fixtures.ts';
import { REAL_FFMPEG } from './real-ffmpeg.ts';

/** The real ffmpeg, whose reading of videos is counted. */
export function notedFfmpeg() {
  const starts = join(temporaryFolder(), 'starts');
  return {
    /** Makes PATH a folder with an ffmpeg that notes each start to decode. Each one is another program. */
    use(): void {
      if (REAL_FFMPEG === undefined) return;
      const bin = temporaryFolder();
      const program = join(bin, 'ffmpeg');
      writeFileSync(
        program,
        `#!/bin/sh\ncase "$*" in *pipe:1*) echo ${bin} >> '${starts}';; esac\nexec '${REAL_FFMPEG}' "$@"\n`,
      );
      chmodSync(program, 0o755);
      vi.stubEnv('PATH', bin);
    },

    /** How often ffmpeg has read a video since the last question. */
    starts(): number {
      const count = existsSync(starts) ? readFileSync(starts, 'utf8').split('\n').length - 1 : 0;
      rmSync(starts, { force: true });
      return count;
    },
  };
}
