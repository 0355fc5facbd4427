import type { Uri } from 'vscode';
import { fileName } from '../plan/paths.ts';

/** The name of a `.travel` file without folder and extension, as its plan has it. */
export const documentName = ({ path }: Pick<Uri, 'path'>): string => fileName(path).replace(/\.travel$/, '');
