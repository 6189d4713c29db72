/** What a connection failed of, without what grpc-js and OpenSSL put around it for programmers. */
export function failureReason(details: string): string {
  const reason = details
    .replace(/^No connection established\. Last error: (?:Error: )?/, '')
    .replace(/\.? Resolution note: *$/, '');
  const complaint = /^[0-9A-F]+:error:[0-9A-F]+:SSL routines:\w*:([^:]+):/.exec(reason)?.[1];
  if (complaint === 'wrong version number') return 'what listens there does not speak TLS';
  return complaint ?? reason;
}
