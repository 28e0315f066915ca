// SPDX-License-Identifier: Apache-2.0
// Shows a live trace: asks for what is new, twice a second. Everything shown is set as text, never as markup.
'use strict';
(function () {
  const PERIOD = 500;
  const MOST_ROWS = 1000;
  const part = name => document.getElementById('trace-' + name);
  const address = document.getElementById('trace').dataset.address;
  const start = part('start');
  const pause = part('pause');
  let trace = null;
  let paused = false;

  const say = text => { part('note').textContent = text; };

  function cell(row, text, kind) {
    const td = row.insertCell();
    td.textContent = text;
    if (kind) {
      td.className = kind;
    }
    return td;
  }

  function show(event) {
    const row = part('rows').insertRow(0);
    row.className = event.direction;
    cell(row, event.time, 'number');
    const client = cell(row, event.client || '?');
    client.title = event.address;
    cell(row, { in: '→', out: '←', none: '·' }[event.direction]);
    const packet = cell(row, event.packet);
    packet.appendChild(document.createElement('small')).textContent = event.detail;
    const about = cell(row, '');
    about.appendChild(document.createElement('code')).textContent = event.topic;
    if (event.payload) {
      about.appendChild(document.createElement('pre')).textContent = event.payload;
    }
    while (part('rows').rows.length > MOST_ROWS) {
      part('rows').deleteRow(-1);
    }
  }

  async function post(fields) {
    const answer = await fetch(address, { method: 'POST', body: new URLSearchParams(fields) });
    if (!answer.ok) {
      throw new Error('the console answered ' + answer.status);
    }
    return answer.json();
  }

  async function poll(mine) {
    if (trace !== mine) {
      return;
    }
    try {
      const answer = await fetch(address + '?id=' + encodeURIComponent(mine.id) + '&after=' + mine.next);
      const news = answer.ok ? await answer.json() : { closed: true };
      if (trace !== mine) {
        return;
      }
      if (news.closed) {
        stopped('The trace has ended; start it again.');
        return;
      }
      mine.next = news.next;
      mine.waiting.push(...news.events);
      if (!paused) {
        mine.waiting.forEach(show);
        mine.waiting = [];
      } else {
        mine.waiting.splice(0, mine.waiting.length - MOST_ROWS);
      }
      say((paused ? 'Paused; ' + mine.waiting.length + ' new. ' : 'Running. ')
        + (news.dropped ? news.dropped + ' packets came too fast to be shown.' : ''));
    } catch (problem) {
      say('The console does not answer: ' + problem.message);
    }
    setTimeout(poll, PERIOD, mine);
  }

  function stopped(text) {
    trace = null;
    paused = false;
    start.textContent = 'Start';
    pause.textContent = 'Pause';
    pause.disabled = true;
    say(text);
  }

  part('form').addEventListener('submit', async event => {
    event.preventDefault();
    if (trace) {
      const old = trace;
      stopped('Stopped.');
      await post({ stop: old.id });
      return;
    }
    try {
      const answer = await post({ client: part('client').value.trim(), filter: part('filter').value.trim() });
      if (answer.problem) {
        say(answer.problem);
        return;
      }
      trace = { id: answer.id, next: 0, waiting: [] };
      start.textContent = 'Stop';
      pause.disabled = false;
      part('rows').replaceChildren();
      poll(trace);
    } catch (problem) {
      say(problem.message);
    }
  });

  pause.addEventListener('click', () => {
    paused = !paused;
    pause.textContent = paused ? 'Go on' : 'Pause';
  });
})();
