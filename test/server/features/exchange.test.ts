import { describe, expect, it } from 'vitest';
import { ImportAnswer, ImportRequest } from '../../../protocol/language-server.ts';
import { importOf } from '../../../server/features/exchange.ts';

/** Two samplers that do not depend on one another, each with its own output. */
const WORKFLOW = JSON.stringify({
  '1': { class_type: 'KSampler', inputs: { seed: 5 }, _meta: { title: 'One' } },
  '2': { class_type: 'SaveImage', inputs: { images: ['1', 0] } },
  '3': { class_type: 'KSampler', inputs: { seed: 6 }, _meta: { title: 'Two' } },
  '4': { class_type: 'SaveImage', inputs: { images: ['3', 0] } },
});

/** As messages between the processes are. */
const answered = (request: unknown) => ImportAnswer.parse(importOf(ImportRequest.parse(request)));

describe('the request to import a workflow with several clips', () => {
  const texts = [{ field: 'prompt', text: WORKFLOW }];

  it.each([
    ['no choice', { texts }, 'seed: 5\n', true],
    ['the first one', { texts, clip: { kind: 'first' } }, 'seed: 5\n', true],
    ['a chosen one', { texts, clip: { kind: 'chosen', id: '3' } }, 'seed: 6\n', false],
  ])('imports with %s', (_, request, seed, hasNote) => {
    const answer = answered(request);
    expect(answer).toMatchObject({
      ok: true,
      clips: [
        { id: '1', title: 'One' },
        { id: '3', title: 'Two' },
      ],
    });
    expect(answer.ok && answer.travel).toContain(seed);
    expect(answer.ok && answer.notes.some((note) => note.includes('makes 2 clips'))).toBe(hasNote);
  });

  it('says which choice the workflow does not have', () => {
    expect(answered({ texts, clip: { kind: 'chosen', id: '2' } })).toEqual({
      ok: false,
      message: 'The workflow has no node 2 that makes a clip of its own.',
    });
  });
});
