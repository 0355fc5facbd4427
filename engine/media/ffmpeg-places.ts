import { spawn } from 'node:child_process';
import { delimiter, isAbsolute, join } from 'node:path';

/** A login shell that does not answer within this time is ended. */
const SHELL_MS = 3_000;

/**
 * Folders beside the PATH of this process where ffmpeg may be: those of package managers, and the PATH of the login
 * shell, which programs that are started from a desktop do not have.
 */
export const ffmpegPlaces = {
  folders: async (): Promise<string[]> => [...packageFolders(), ...(await loginPath()).split(delimiter)],
};

/** Homebrew's, MacPorts' and snap's; WinGet's, Scoop's and Chocolatey's. */
function packageFolders(): string[] {
  const { LOCALAPPDATA, USERPROFILE, ProgramData } = process.env;
  switch (process.platform) {
    case 'win32':
      return [
        ...(LOCALAPPDATA ? [join(LOCALAPPDATA, 'Microsoft', 'WinGet', 'Links')] : []),
        ...(USERPROFILE ? [join(USERPROFILE, 'scoop', 'shims')] : []),
        ...(ProgramData ? [join(ProgramData, 'chocolatey', 'bin')] : []),
      ];
    case 'darwin':
      return ['/opt/homebrew/bin', '/usr/local/bin', '/opt/local/bin'];
    default:
      return ['/usr/local/bin', '/home/linuxbrew/.linuxbrew/bin', '/snap/bin'];
  }
}

/** Empty on Windows, which has no login shell, and if the shell does not answer. */
function loginPath(): Promise<string> {
  const shell = process.env.SHELL;
  if (process.platform === 'win32' || !shell || !isAbsolute(shell)) return Promise.resolve('');
  return new Promise((resolve) => {
    // A profile may print lines of its own before.
    const child = spawn(shell, ['-lc', 'printf "\\n%s" "$PATH"'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), SHELL_MS);
    let text = '';
    const end = (path: string) => {
      clearTimeout(timer);
      resolve(path);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-100_000);
    });
    child.on('error', () => end(''));
    child.on('close', () => end(text.slice(text.lastIndexOf('\n') + 1)));
  });
}
