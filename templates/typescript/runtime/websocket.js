// Messages over a WebSocket, one a frame.

/** Wait until the socket is open. `WebSocket` is a class like that of browsers. */
export function webSocket(url, { WebSocket = globalThis.WebSocket } = {}) {
  if (!WebSocket) {
    throw new TypeError("this runtime has no WebSocket: give one, as `webSocket(url, { WebSocket })` of the package ws");
  }
  const socket = new WebSocket(url);
  const early = [];
  let receive;
  let end;
  let over;
  const finish = (reason) => {
    over ??= reason;
    end?.(over);
  };
  socket.addEventListener("message", ({ data }) => {
    if (receive === undefined) early.push(String(data));
    else receive(String(data));
  });
  socket.addEventListener("close", ({ code, reason }) => finish(`the server closed the socket (${code} ${reason})`));
  const transport = {
    start(onMessage, onEnd) {
      [receive, end] = [onMessage, onEnd];
      for (const text of early.splice(0)) receive(text);
      if (over !== undefined) end(over);
    },
    send: (line) => socket.send(line),
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve(transport));
    socket.addEventListener("error", () => reject(new Error(`cannot connect to ${url}`)));
  });
}
