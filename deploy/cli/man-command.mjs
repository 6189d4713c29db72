import { namesOf } from './programs.mjs';
import { heading, item, paragraph, plain, section, verbatim } from './roff.mjs';

/**
 * The page of a program, in section 1: what its help says, and around that what help has no room for.
 * @param about `summary`, `description` (paragraphs), `files` and `variables` (terms with texts), `seeAlso`
 */
export function commandPage(program, version, about) {
  const { name } = program;
  return [
    heading(name, 1, version, 'User Commands'),
    section('NAME'),
    `${plain(name)} \\- ${plain(about.summary)}\n`,
    section('SYNOPSIS'),
    program.commands.map((command) => synopsis(name, command)).join(''),
    section('DESCRIPTION'),
    ...about.description.map(paragraph),
    section('OPTIONS'),
    ...program.options.map(optionItem),
    section('COMMANDS'),
    ...program.commands.map(commandPart),
    section('EXAMPLES AND EXIT STATUS'),
    verbatim(program.after),
    section('FILES'),
    ...about.files.map(([file, text]) => item(`.I ${plain(file)}`, text)),
    section('ENVIRONMENT'),
    ...about.variables.map(([variable, text]) => item(`.B ${plain(variable)}`, text)),
    section('SEE ALSO'),
    paragraph(about.seeAlso),
  ].join('');
}

function synopsis(name, command) {
  const options = command.options.some(({ long }) => long !== '--help') ? ' [\\fIoption\\fR...]' : '';
  return `.PP\n\\fB${plain(name)} ${plain(command.name)}\\fR${options}${command.arguments.map((argument) => ` ${argumentText(argument)}`).join('')}\n`;
}

function commandPart(command) {
  const names = namesOf(command).map((name) => `\\fB${plain(name)}\\fR`);
  const details = [
    ...command.arguments
      .filter(({ description }) => description !== '')
      .map((argument) => item(argumentText(argument), argument.description)),
    ...command.options.filter(({ long }) => long !== '--help').map(optionItem),
  ];
  return [
    `.SS ${plain(command.name)}\n`,
    `.PP\n${names.join(', ')}${command.arguments.map((argument) => ` ${argumentText(argument)}`).join('')}\n`,
    paragraph(sentence(command.description)),
    ...details,
    command.after.trim() === '' ? '' : verbatim(command.after),
  ].join('');
}

function argumentText({ name, isRequired, isVariadic }) {
  const text = `\\fI${plain(name)}\\fR${isVariadic ? '...' : ''}`;
  return isRequired ? text : `[${text}]`;
}

function optionItem(option) {
  const flags = [option.short, option.long].filter((flag) => flag !== null).map((flag) => `\\fB${plain(flag)}\\fR`);
  const value = option.value === null ? '' : ` \\fI${plain(option.value)}\\fR`;
  const more = [
    option.choices.length === 0 ? '' : ` One of ${option.choices.join(', ')}.`,
    option.variable === null ? '' : ` Also from $${option.variable}.`,
  ];
  return item(flags.join(', ') + value, sentence(option.description) + more.join(''));
}

function sentence(text) {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?]$/.test(text) ? '' : '.'}`;
}
