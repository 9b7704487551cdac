/** Where a terminal reads along, one line that counts up; elsewhere a line at the end. */
export function progressOf(name: string): (done: number, all: number) => void {
  return (done, all) => {
    const text = `${name}: ${done}/${all}`;
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}${done === all ? '\n' : ''}`);
    else if (done === all) process.stderr.write(`${text}\n`);
  };
}
