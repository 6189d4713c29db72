import { display } from '@btsoot/shared/model/bytes.js';
import { addBlock } from '../add-block.js';
import { openContext } from '../context.js';
import { type ExitStatus, exitStatus } from '../exit-status.js';
import { interruptible } from '../interrupt.js';
import { checkName } from '../names.js';
import { displayTarget, parseTypedTarget } from '../targets.js';
import { checkingArguments } from '../usage-error.js';

export async function addCommand(name: string, sourceText: string, targetText: string): Promise<ExitStatus> {
  const context = await openContext();
  try {
    checkingArguments(() => checkName('block', name));
    const target = checkingArguments(() => parseTypedTarget(targetText, context.config.remotes.keys(), process.cwd()));
    const added = await interruptible((signal) => addBlock(context, name, sourceText, target, signal));
    const { source } = added.block;
    const arrow = `${display(source)} -> ${displayTarget(target)}`;
    const kept = added.existedThere ? '\nThe target is there already: what it holds is kept, and used.' : '';
    process.stdout.write(`${WORDS[added.change]} ${name}: ${arrow}${kept}\nNext: btsoot sync ${name} --dry-run\n`);
    return exitStatus.done;
  } finally {
    await context.log.close();
  }
}

const WORDS = { added: 'Added', repointed: 'Re-pointed', refreshed: 'Recorded anew' } as const;
