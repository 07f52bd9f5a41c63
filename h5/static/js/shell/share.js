// Inside WeChat: what a shared page looks like in a chat. Its script is there by setting only.

async function start() {
  const url = location.href.split("#")[0];
  const answer = await fetch(`/api/push/wechat-page?url=${encodeURIComponent(url)}`);
  const { signature: told = null } = answer.ok ? await answer.json() : {};
  if (!told || !window.wx) return;
  const { app_id: appId, timestamp, nonce: nonceStr, signature } = told;
  const jsApiList = ["updateAppMessageShareData", "updateTimelineShareData"];
  const card = { title: document.title, link: url, imgUrl: `${location.origin}/icons/any-192.png` };
  const desc = document.querySelector("h1")?.textContent.trim() ?? "";
  wx.ready(() => {
    wx.updateAppMessageShareData({ ...card, desc });
    wx.updateTimelineShareData(card);
  });
  wx.config({ debug: false, appId, timestamp, nonceStr, signature, jsApiList });
}

start();
