/** How to run npm. Under `npm run`, npm names itself; its command is a script that Windows starts only in a shell. */
export const npmCommand = (): [program: string, ...args: string[]] =>
  process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
