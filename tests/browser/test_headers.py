VIOLATE = """() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = 1";
    document.head.append(script);
    setTimeout("window.ran = 2");
    return new Promise((done) => setTimeout(() => done(window.ran ?? null), 50));
}"""


def test_what_the_policy_forbids_does_not_run_and_fails_a_test(home, complaints):
    assert home.evaluate(VIOLATE) is None
    assert len(complaints) == 2
    assert all("Content Security Policy" in complaint for complaint in complaints)
    complaints.clear()
