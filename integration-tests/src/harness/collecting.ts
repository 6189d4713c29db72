import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/*
 * For tests: loaded before an agent (`--import`), so that its heap is collected every second. What it holds on to then is what it
 * needs, or has leaked; else it may have a hundred megabytes more, depending on when V8 has last found it worth its while.
 */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
setInterval(() => collect(), 1_000).unref();
