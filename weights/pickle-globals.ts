/** Python modules that let a pickle act on the machine that opens it. */
const HARMFUL_MODULES = new Set(
  `os posix nt subprocess commands sys shutil importlib imp runpy pkgutil zipimport pty tty socket ssl select ctypes _ctypes
  cffi code codeop pickle _pickle cPickle dill cloudpickle joblib marshal inspect multiprocessing _posixsubprocess
  threading _thread asyncio requests urllib urllib2 httplib http ftplib smtplib telnetlib webbrowser tempfile pip
  setuptools ensurepip venv platform timeit cProfile profile pdb bdb trace doctest gc signal resource sqlite3 linecache
  nturl2path antigravity idlelib lib2to3 pydoc turtle tkinter site sysconfig atexit sched faulthandler mmap fcntl`.split(
    /\s+/,
  ),
);

/** All other built-ins of Python can run code or open files. */
const HARMLESS_BUILTINS = new Set(
  'dict list set frozenset tuple int float complex str bytes bytearray bool object slice range NoneType long unicode'.split(
    ' ',
  ),
);

const HARMFUL_NAMES = new Set([
  'operator.attrgetter',
  'operator.methodcaller',
  'types.CodeType',
  'types.FunctionType',
  'torch.hub.load',
  'torch.load',
  'torch.serialization.load',
  'torch.utils.model_zoo.load_url',
  'numpy.load',
  'io.open',
  '_io.open',
]);

/**
 * Whether a pickle that names this Python object could act on the machine when PyTorch opens it. Nothing is executed
 * here in any case; such a file is rejected because it was made to do harm.
 *
 * @param name may be dotted: Python resolves each part (`torch.serialization` + `os.system` is `os.system`)
 */
export function isHarmful(module: string, name: string): boolean {
  const reached = [module, ...name.split('.').slice(0, -1)];
  if (reached.some((part) => HARMFUL_MODULES.has(part.split('.')[0]!))) return true;
  const root = module.split('.')[0];
  if (root === 'builtins' || root === '__builtin__') return !HARMLESS_BUILTINS.has(name);
  return name.split('.').some((part) => part.startsWith('__')) || HARMFUL_NAMES.has(`${module}.${name}`);
}
