import { SnippetString, window, workspace } from 'vscode';
import { LANGUAGE } from './language-id.ts';

const TEMPLATE = `---
frames: \${1:32}
fps: 8
seed: \${2:-1}
negative_prompt: \${3:worst quality, blurry}
save: [webp]
---
\${4:prompt for every frame}

0: \${5:how it starts}
50%: \${6:what it turns into}
$0`;

/** Opens an untitled `.travel` document with placeholders. */
export async function newTravelFile(): Promise<void> {
  const document = await workspace.openTextDocument({ language: LANGUAGE, content: '' });
  const editor = await window.showTextDocument(document);
  await editor.insertSnippet(new SnippetString(TEMPLATE));
}
