/** Where a program runs: how it is started there, and how others reach it. */
export interface Place {
  /** An address to listen on. */
  readonly host: string;
  /** What comes before a command to start it there. */
  readonly through: readonly string[];

  /** Programs of another build than this one. */
  readonly programs?: Programs;
}

/** The commands that start the two agents. */
export interface Programs {
  readonly source: readonly string[];
  readonly remote: readonly string[];
}

export const here: Place = { host: '127.0.0.1', through: [] };
