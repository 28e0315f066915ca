// SPDX-License-Identifier: Apache-2.0
//
// Node's WebSocket as a pipe: lines of JSON on standard input are connections to open and messages to send, lines on standard
// output are what comes. Messages are base64, since CBOR is no text.
import {createInterface} from 'node:readline';
import {createRequire} from 'node:module';

const Socket = globalThis.WebSocket ?? createRequire('/usr/share/nodejs/')('ws');
const sockets = new Map();
const say = what => process.stdout.write(JSON.stringify(what) + '\n');

function open({name, uri, protocol}) {
    const socket = new Socket(uri, protocol);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => say({name, open: socket.protocol});
    socket.onmessage = ({data}) => say({name, text: typeof data === 'string', data: Buffer.from(data).toString('base64')});
    socket.onclose = ({code, reason}) => say({name, closed: code, reason});
    socket.onerror = () => say({name, failed: true});
    sockets.set(name, socket);
}

createInterface({input: process.stdin}).on('line', line => {
    const command = JSON.parse(line);
    if (command.uri) {
        open(command);
    } else {
        const bytes = Buffer.from(command.data, 'base64');
        sockets.get(command.name).send(command.text ? bytes.toString('utf8') : bytes);
    }
}).on('close', () => process.exit(0));
