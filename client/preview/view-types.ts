/** View types of webviews, as package.json and VS Code's saved layouts have them. */
export const PREVIEW = 'travel.preview';
export const RENDERED_FILE = 'travel.renderedFile';
