/** VS Code's name of the language, as the manifest has it. */
export const LANGUAGE = 'travel';
