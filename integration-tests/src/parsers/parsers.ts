import type { Parser, ParserName } from './parser.js';
import { parsersOfRemote } from './parsers-remote.js';
import { parsersOfShared } from './parsers-shared.js';
import { parsersOfSource } from './parsers-source.js';

/*
 * Every function of the program that makes something of bytes or text that it did not make itself. The test finds them by
 * their names, and demands that each is here: fuzzed, reached by one that is, or excused.
 */

export async function allParsers(): Promise<Map<ParserName, Parser>> {
  const parts = await Promise.all([parsersOfShared(), parsersOfRemote(), parsersOfSource()]);
  return new Map(parts.flatMap((part) => Object.entries(part)));
}
