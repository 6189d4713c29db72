import type { Metadata } from '../model/entry.js';
import { LAST_RESERVED_ID, ROOT_ID } from './areas.js';
import { xattrsColumn } from './rows.js';
import type { Store } from './store.js';

/** Leaves a fresh, empty, complete root. Row ids go on counting; settings stay. */
export function clearTree(store: Store, rootMeta: Metadata): void {
  store.execute(`
    DELETE FROM entries WHERE id > ${LAST_RESERVED_ID};
    DELETE FROM contents;
    DELETE FROM chunks;
    DELETE FROM hooks;
    DELETE FROM listings;
    DELETE FROM inodes_due;
    DELETE FROM ignore_files;
    DELETE FROM past;
    DELETE FROM sessions;
    DELETE FROM journal;
    DELETE FROM damage;
  `);
  store
    .query(
      `UPDATE entries SET mode = ?, uid = ?, gid = ?, mtime_us = ?, complete = 1, digest = NULL, entry_count = 0, total_bytes = 0,
        seen = NULL, dev = NULL, ino = NULL, peer = NULL, xattrs = ?, seen_xattrs = NULL WHERE id = ${ROOT_ID}`,
    )
    .run(rootMeta.mode, rootMeta.uid, rootMeta.gid, rootMeta.mtimeUs, xattrsColumn(rootMeta.xattrs));
}
