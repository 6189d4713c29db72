import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { stopMaxMs } from './stop-time.js';

/** To write the log to its end, and for Node.js to be gone. */
const restMs = 10_000;

function deployed(file: string): string {
  return readFileSync(new URL(`../../../deploy/${file}`, import.meta.url), 'utf8');
}

test('whoever stops the agent leaves it the time that it may take', () => {
  for (const unit of ['btsoot-agent.service', 'user/btsoot-agent.service', 'btsoot-sync@.service']) {
    const text = deployed(`systemd/${unit}`);
    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1]);
    assert.ok(seconds * 1000 >= stopMaxMs + restMs, `${unit}: ${seconds} s for ${stopMaxMs} ms`);
    assert.match(text, /^KillMode=mixed$/m, `${unit}: the command after a sync is not to be ended with the agent`);
  }
  const [, grace] = /^ {2}source:[\s\S]*?stop_grace_period: (\d+)s/m.exec(deployed('docker/compose.yaml')) ?? [];
  assert.ok(Number(grace) * 1000 >= stopMaxMs + restMs, `compose.yaml: ${grace} s for ${stopMaxMs} ms`);
});
