/** What carries the messages of a client, one text each. */
export interface Transport {
  /** Begin; `receive` gets each message, `end` the reason why no more will come. */
  start(receive: (line: string) => void, end: (reason: string) => void): void;
  send(line: string): void;
  close(): void;
}
