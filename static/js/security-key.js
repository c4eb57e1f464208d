// Says aloud what went wrong with a security key; the pages of the key are of no use without it.
document.addEventListener("DOMContentLoaded", () => {
  const problem = document.getElementById("key-problem");
  if (!problem) return;
  const show = (event) => {
    if (event) event.preventDefault();
    problem.hidden = false;
    problem.focus();
  };
  if (!window.PublicKeyCredential) show();
  document.addEventListener("allauth.error", show);
});
