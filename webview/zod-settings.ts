/** Imported before every schema: without this, zod tries `eval`, which the page's policy blocks and reports. */
import * as z from 'zod/mini';

z.config({ jitless: true });
