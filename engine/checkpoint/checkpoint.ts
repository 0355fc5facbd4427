import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { makeFolder } from '../../disk/make-folder.ts';
import type { TravelPlan } from '../../plan/plan.ts';
import { CHECKPOINT_PLAN } from '../../protocol/cache-layout.ts';
import { readChecksummed, writeChecksummed } from '../checksummed-file.ts';
import { RenderError } from '../failure.ts';
import { cannotWrite, isDiskFull } from '../media/atomic.ts';
import { SamplingState } from '../pipelines/sampling-state.ts';

export interface CheckpointOptions {
  /** Absolute folder of this checkpoint; null: nothing is saved. It is named by `checkpointId`. */
  readonly folder: string | null;
  readonly plan: TravelPlan;
  /** Receives one sentence if progress cannot be saved. */
  readonly warn: (line: string) => void;
}

/**
 * The progress of one render on the disk: the latents after the last step, and the decoded frames.
 *
 * The folder is named by everything that decides the pixels, and each file is complete or absent. So two renders of the
 * same plan at the same time may share it: what one of them saves is what the other one would have computed.
 */
export class Checkpoint {
  readonly #plan: TravelPlan;
  readonly #warn: (line: string) => void;
  #folder: string | null;

  constructor({ folder, plan, warn }: CheckpointOptions) {
    this.#folder = folder;
    this.#plan = plan;
    this.#warn = warn;
  }

  /** Whether what is saved can be read again; false after it could not be saved. */
  get isSaving(): boolean {
    return this.#folder !== null;
  }

  /** The state after the last saved step; null if there is none that fits the plan. */
  async sampling(): Promise<SamplingState | null> {
    const content = await this.#read(SAMPLING);
    if (!content) return null;
    const state = SamplingState.safeParse(deserialized(content));
    return state.success && state.data.latents.length === this.#latentValues() ? state.data : null;
  }

  /** Replaces the state of an earlier step. */
  async saveSampling(state: SamplingState): Promise<void> {
    await this.#write(SAMPLING, serialize(state));
  }

  /**
   * A decoded frame, 8-bit RGB `[height, width, 3]`; null if it was not saved.
   *
   * @param position in the plan's `frames`
   * @param tile side of the tiles that it was decoded in, which differ a little from the whole frame
   */
  async frame(position: number, tile: number | null = null): Promise<Uint8Array | null> {
    const rgb = await this.#read(frameName(position, tile));
    return rgb?.length === this.#plan.width * this.#plan.height * 3 ? rgb : null;
  }

  async saveFrame(position: number, rgb: Uint8Array, tile: number | null = null): Promise<void> {
    await this.#write(frameName(position, tile), rgb);
  }

  /**
   * A frame between two others; null if it was not saved.
   *
   * @param key everything that decides it besides the plan's pixels, as a part of a file name
   */
  async between(key: string): Promise<Uint8Array | null> {
    const rgb = await this.#read(`between-${key}`);
    return rgb?.length === this.#plan.width * this.#plan.height * 3 ? rgb : null;
  }

  async saveBetween(key: string, rgb: Uint8Array): Promise<void> {
    await this.#write(`between-${key}`, rgb);
  }

  /** Forgets all progress. */
  async remove(): Promise<void> {
    if (this.#folder === null) return;
    await rm(this.#folder, { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
      // A part of the path is a file, so nothing is there.
      if (error.code === 'ENOTDIR') return;
      this.#warn(`The saved progress in ${this.#folder} could not be removed: ${error.message}`);
    });
  }

  async #read(name: string): Promise<Uint8Array | null> {
    return this.#folder === null ? null : readChecksummed(join(this.#folder, name));
  }

  /**
   * A render goes on without a checkpoint if its progress cannot be saved, except on a full disk: then its files could
   * not be saved either.
   *
   * @throws RenderError if the disk is full
   */
  async #write(name: string, content: Uint8Array): Promise<void> {
    if (this.#folder === null) return;
    try {
      // Someone may have cleared the cache, or another render of the same plan has finished.
      if (!existsSync(join(this.#folder, CHECKPOINT_PLAN))) {
        await makeFolder(this.#folder);
        await writeFile(join(this.#folder, CHECKPOINT_PLAN), JSON.stringify(this.#plan));
      }
      await writeChecksummed(join(this.#folder, name), content);
    } catch (error) {
      if (isDiskFull(error)) {
        throw new RenderError(
          'disk-full',
          `The disk is full: the progress of the render cannot be saved in ${this.#folder}. Free some space and continue.`,
        );
      }
      const { message } = cannotWrite(this.#folder, error as Error, '`travel.cacheFolder` or `--cache-folder`');
      this.#warn(`The progress of this render is not saved, so it cannot be resumed. ${message}`);
      this.#folder = null;
    }
  }

  #latentValues(): number {
    const { frames, width, height } = this.#plan;
    return (frames.length * 4 * width * height) / 64;
  }
}

/** undefined if another version of Node.js wrote it in a format that this one cannot read. */
function deserialized(content: Uint8Array): unknown {
  try {
    return deserialize(content);
  } catch (error) {
    console.error(`Saved progress cannot be read: ${(error as Error).message}`);
    return undefined;
  }
}

const SAMPLING = 'sampling';

const frameName = (position: number, tile: number | null): string =>
  `frame-${String(position).padStart(5, '0')}${tile === null ? '' : `-${tile}`}`;
