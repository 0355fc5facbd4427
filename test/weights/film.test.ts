import { describe, expect, it } from 'vitest';
import { describeModel } from '../../weights/describe.ts';
import { describeText } from '../../weights/describe-text.ts';
import { filmWeights } from '../../weights/film.ts';
import { openWeights } from '../../weights/open.ts';
import { readFloats } from '../../weights/read.ts';
import { fileOf } from './files.ts';
import { FILM, FILM_LAYOUTS, scriptArchive } from './film-files.ts';
import { fileBytes, filled, renamed, withTensors } from './layouts/raw.ts';
import { dict, global, ops, pickle, torchZip } from './torch-files.ts';

describe('FILM', () => {
  const layouts = Object.entries(FILM_LAYOUTS);

  it.each(layouts)('is recognized with the names of %s', async (layout, rename) => {
    const file = await openWeights(fileOf(fileBytes(renamed(FILM, rename))));
    const timed = layout !== 'v1.0.0';
    expect(describeModel(file)).toEqual({ kind: 'film', filters: 2, timed });
    expect(describeText(describeModel(file))).toMatch(timed ? /^FILM[^,]*$/ : /^FILM.*first version$/);
    expect([...filmWeights(file.tensors)!.tensors.keys()].sort()).toEqual([...FILM.keys()].sort());
  });

  it.each(layouts)('is read from a TorchScript archive with the names of %s', async (_, rename) => {
    const file = await openWeights(fileOf(scriptArchive(renamed(FILM, rename)), 'film_net_fp16.pt'));
    expect(describeModel(file)).toMatchObject({ kind: 'film' });
    for (const [name, entry] of filmWeights(file.tensors)!.tensors) {
      const values = new Float32Array(FILM.get(name)!.bytes.buffer);
      expect([...(await readFloats(entry))], name).toEqual([...values]);
    }
  });

  it('names a tensor that is missing or has another shape', async () => {
    const name = 'fuse.convs.1.1.weight';
    const without = renamed(FILM, (key) => (key === name ? null : key));
    const missing = describeModel(await openWeights(fileOf(fileBytes(without))));
    expect(missing).toMatchObject({
      kind: 'film',
      defects: [{ component: 'film', has: null, expected: [8, 46, 3, 3] }],
    });
    const other = withTensors(FILM, { [name]: filled('F32', [8, 45, 3, 3]) });
    expect(describeModel(await openWeights(fileOf(fileBytes(other))))).toMatchObject({
      defects: [{ tensor: name, has: [8, 45, 3, 3] }],
    });
  });

  it('refuses a TorchScript archive that names code of the computer', async () => {
    const harmful = ops(global('__torch__.a', 'B'), ')\x81', dict({ hook: global('os', 'system') }), 'b');
    await expect(openWeights(fileOf(torchZip(pickle(harmful)), 'a.pt'))).rejects.toThrow(/unsafe: it uses os\.system/);
  });
});
