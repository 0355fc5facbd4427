import type { HostMessage } from '../../protocol/preview.ts';

/** The pictures of the renders as addresses that an `<img>` can show. The browser keeps them encoded. */
export class Thumbnails {
  readonly addresses = new Map<string, string>();

  receive({ id, image, mime }: Extract<HostMessage, { type: 'thumbnail' }>): void {
    this.#remove(id);
    this.addresses.set(id, URL.createObjectURL(new Blob([image as BlobPart], { type: mime })));
  }

  /** Frees the thumbnails of renders that are gone. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of [...this.addresses.keys()]) if (!ids.has(id)) this.#remove(id);
  }

  #remove(id: string): void {
    const address = this.addresses.get(id);
    if (address !== undefined) URL.revokeObjectURL(address);
    this.addresses.delete(id);
  }
}
