// Loaded before an agent's main.js (`node --import`): instead of running a command line, the program writes down what it is, as JSON.
// So completions and man pages are made of the very commands that people run.
import { writeSync } from 'node:fs';
import { Command } from 'commander';

const helpTexts = new WeakMap();

const { addHelpText } = Command.prototype;
Command.prototype.addHelpText = function (position, text) {
  helpTexts.set(this, `${helpTexts.get(this) ?? ''}${text}`);
  return addHelpText.call(this, position, text);
};

Command.prototype.parseAsync = function () {
  writeSync(1, JSON.stringify(describe(this)));
  process.exit(0);
};

function describe(command) {
  return {
    name: command.name(),
    aliases: command.aliases(),
    description: command.description(),
    /** What `--help` says below the options. */
    after: helpTexts.get(command) ?? '',
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
      isRequired: argument.required,
      isVariadic: argument.variadic,
    })),
    options: command.createHelp().visibleOptions(command).map(describeOption),
    commands: command.commands.map(describe),
  };
}

function describeOption(option) {
  return {
    flags: option.flags,
    short: option.short ?? null,
    long: option.long ?? null,
    /** What the value is called; null: it takes none. */
    value: /<(.+)>/.exec(option.flags)?.[1] ?? null,
    choices: option.argChoices ?? [],
    description: option.description,
    variable: option.envVar ?? null,
  };
}
