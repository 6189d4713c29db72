import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { TreePath } from '@btsoot/shared/model/bytes.js';
import Sqlite from 'better-sqlite3';

/*
 * A program for tests: lets history go in the block `photos` below the root at argv[2], up to the session argv[3], and kills
 * itself at the argv[4]th change, of the disk or of the database. Ends with status 0 when there were fewer.
 */
const [root = '', through = '', number = ''] = process.argv.slice(2);
let changes = 0;

function countChange(): void {
  if (++changes === Number(number)) process.kill(process.pid, 'SIGKILL');
}

const calls = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
for (const name of ['unlinkSync', 'rmdirSync']) {
  const real = calls[name];
  calls[name] = (...args) => {
    countChange();
    return real?.(...args);
  };
}
syncBuiltinESMExports();
const { prepare } = Sqlite.prototype;
Sqlite.prototype.prepare = function (this: Sqlite.Database, sql: string) {
  const statement = prepare.call(this, sql);
  if (sql !== 'COMMIT') return statement;
  const run = statement.run.bind(statement);
  statement.run = ((...values: unknown[]) => {
    countChange();
    return run(...(values as [object]));
  }) as typeof statement.run;
  return statement;
} as typeof prepare;

const { BlockStore } = await import('./blocks.js');
const { layoutOf } = await import('./layout.js');
const { letGo } = await import('./retention.js');
const store = new BlockStore(layoutOf(root));
const { block } = store.hold('photos' as TreePath);
changes = 0;
await letGo(block, Number(through), new AbortController().signal);
store.close();
