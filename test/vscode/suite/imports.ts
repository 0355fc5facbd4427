import { commands, type TextDocument, type Uri, window, workspace } from 'vscode';
import { fileUri } from './documents.ts';
import { clearNotifications } from './notifications.ts';

export const PARAMETERS =
  'a fox\n0: red fur\n12: white fur\nNegative prompt: blurry\n' +
  'Steps: 24, Sampler: Euler, CFG scale: 6, Seed: 7, Size: 512x768, Model: toonyou, ' +
  'AnimateDiff: "enable: True, model: mm_sd_v15_v2.ckpt, video_length: 24, fps: 8, loop_number: 0, closed_loop: N, batch_size: 16"';

export const SCHEDULE = '{\n"0": "red hair",\n"8": "blue hair"\n}\n';
/** Its hires fix cannot be carried over. */
export const REQUEST = JSON.stringify({
  prompt: 'a fox',
  steps: 9,
  enable_hr: true,
  alwayson_scripts: { AnimateDiff: { args: [{}] } },
});

/** A PNG of A1111, without its pixels, which nothing looks at. */
export function png(parameters: string): Uint8Array {
  const chunk = (kind: string, data: string) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(kind + data, 'latin1'), Buffer.alloc(4)]);
  };
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', '\0'.repeat(13)),
    chunk('tEXt', `parameters\0${parameters}`),
    chunk('IEND', ''),
  ]);
}

/** Writes a file of the current test. */
export async function written(name: string, content: Uint8Array | string): Promise<Uri> {
  await workspace.fs.writeFile(
    fileUri(name),
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  );
  return fileUri(name);
}

/** Untitled documents with a tab, in the order of the tabs. */
export const untitled = () =>
  window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .map(({ input }) => (input as { readonly uri?: Uri } | undefined)?.uri)
    .filter((uri) => uri?.scheme === 'untitled')
    .map((uri) => workspace.textDocuments.find((document) => document.uri.toString() === uri?.toString()))
    .filter((document): document is TextDocument => document !== undefined);

const closeAll = () => commands.executeCommand('workbench.action.revertAndCloseActiveEditor');

export async function closeUntitled(): Promise<void> {
  await clearNotifications();
  for (const document of untitled()) {
    await window.showTextDocument(document);
    await closeAll();
  }
}
