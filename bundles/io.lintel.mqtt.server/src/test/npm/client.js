// SPDX-License-Identifier: Apache-2.0
//
// Clients of the npm package "mqtt", driven by lines of JSON: a command on standard input has a number "c" for the client
// it is for, and gets one line on standard output when it is done; messages come as lines of their own. NodeClientTest is at
// the other end.
'use strict';
const fs = require('fs');
const mqtt = require('mqtt');

const clients = new Map();

const say = (c, event) => process.stdout.write(JSON.stringify({ c, ...event }) + '\n');
const done = (c) => (error) => say(c, error ? { error: String(error.message || error) } : { done: true });

function connect(command) {
    const options = {
        protocolVersion: 4,
        clientId: command.id,
        clean: command.clean,
        keepalive: 60,
        reconnectPeriod: 0,
        resubscribe: false,
        connectTimeout: 10000,
    };
    if (command.user) {
        options.username = command.user;
        options.password = command.password;
    }
    if (command.ca) {
        options.ca = fs.readFileSync(command.ca);
    }
    if (command.will) {
        options.will = { topic: command.will, payload: 'gone', qos: 1, retain: false };
    }
    const client = mqtt.connect(command.url, options);
    clients.set(command.c, client);
    let answered = false;
    client.on('connect', (connack) => {
        answered = true;
        say(command.c, { done: true, present: connack.sessionPresent });
    });
    client.on('error', (error) => {
        if (!answered) {
            answered = true;
            say(command.c, { error: String(error.message || error) });
        }
    });
    client.on('message', (topic, payload, packet) => {
        say(command.c, { topic, payload: payload.toString('base64'), qos: packet.qos, retain: packet.retain });
    });
}

function run(command) {
    const client = clients.get(command.c);
    switch (command.do) {
        case 'connect':
            connect(command);
            break;
        case 'subscribe':
            client.subscribe(command.filter, { qos: command.qos }, (error, granted) => {
                done(command.c)(error || (granted[0].qos === command.qos ? null : 'granted ' + granted[0].qos));
            });
            break;
        case 'unsubscribe':
            client.unsubscribe(command.filter, done(command.c));
            break;
        case 'publish':
            client.publish(command.topic, Buffer.from(command.payload, 'base64'), { qos: command.qos, retain: command.retain },
                done(command.c));
            break;
        case 'disconnect':
            client.end(false, {}, done(command.c));
            break;
        case 'die':
            client.stream.destroy();
            done(command.c)();
            break;
        default:
            done(command.c)('unknown command ' + command.do);
    }
}

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach((line) => run(JSON.parse(line)));
});
process.stdin.on('end', () => process.exit(0));
