import { messageOf } from '../../plan/message-of.ts';
import { type Computer, glibcIn, targetFor } from '../../protocol/platform.ts';
import { RenderError } from '../failure.ts';

type OnnxRuntime = typeof import('onnxruntime-node');

/** What decides whether ONNX Runtime's native code can be loaded. */
export interface RuntimeComputer extends Computer {
  /** The version of glibc, such as `2.36`; null: another C library, as in Alpine, or not Linux. */
  readonly glibc: string | null;
}

/**
 * Loads ONNX Runtime, whose native code may be missing, or may need what this computer does not have.
 *
 * @throws RenderError with the cause and what to do
 */
export async function loadRuntime(
  load: () => Promise<OnnxRuntime> = () => import('onnxruntime-node'),
  computer: () => RuntimeComputer = thisComputer,
): Promise<OnnxRuntime> {
  try {
    return await load();
  } catch (error) {
    const reason = messageOf(error);
    throw new RenderError('unsupported', `This computer cannot render. ${causeOf(reason, computer())}`);
  }
}

function thisComputer(): RuntimeComputer {
  const { platform, arch } = process;
  return { platform, arch, glibc: platform === 'linux' ? glibcIn(process.report.getReport()) : null };
}

/** One sentence. The needs are those of ONNX Runtime 1.30, as its libraries declare them. */
function causeOf(reason: string, { platform, arch, glibc }: RuntimeComputer): string {
  const target = targetFor({ platform, arch });
  const [line = ''] = reason.split('\n');
  if (platform === 'darwin' && arch === 'x64') {
    return 'ONNX Runtime no longer supports Macs with an Intel processor; use another computer or, if the Mac has Apple silicon, install the Apple silicon version of VS Code.';
  }
  if (target === 'universal') return `ONNX Runtime does not support ${platform}-${arch}; use another computer.`;
  if (platform === 'linux' && glibc === null) {
    return 'ONNX Runtime needs glibc, which this system does not have; use Debian, Ubuntu or Fedora instead of Alpine, for example.';
  }
  if (/GLIBC(XX)?_[\d.]+' not found/.test(reason)) {
    return `ONNX Runtime needs glibc 2.28 and a libstdc++ of GCC 8 or newer, but this system has glibc ${glibc}; update it, for example to Debian 10 or Ubuntu 20.04. (${line})`;
  }
  const [, library] = /(\S+\.so[.\d]*): cannot open shared object file/.exec(reason) ?? [];
  if (library !== undefined && !library.includes('onnxruntime')) {
    return `ONNX Runtime needs ${library}, which this system does not have; install it with the system's package manager.`;
  }
  if (/Cannot find (module|package)|no such file|cannot open shared object file/i.test(reason)) {
    return `ONNX Runtime's files for ${target} are missing from this installation; install the package of Prompt Travel for ${target}. (${line})`;
  }
  if (platform === 'win32') {
    return `ONNX Runtime needs a current Microsoft Visual C++ Redistributable; install https://aka.ms/vs/17/release/vc_redist.${arch}.exe, and restart VS Code. (${line})`;
  }
  return `ONNX Runtime cannot be loaded; install Prompt Travel again, and report it if that does not help. (${line})`;
}
