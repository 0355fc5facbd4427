/** The language's id in VS Code, as in package.json. */
export const LANGUAGE = 'travel';
