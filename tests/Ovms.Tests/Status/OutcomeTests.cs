using Ovms.Status;

namespace Ovms.Tests.Status;

/// <summary>Success, failure, and failure handed on.</summary>
public class OutcomeTests
{
    [Test]
    public async Task Default_IsOk()
    {
        await Assert.That(default(Outcome).IsOk).IsTrue();
        await Assert.That(Outcome.Ok.Text).IsEqualTo("OK");
    }

    [Test]
    public async Task Text_IsMessageAndDetail()
    {
        await Assert.That(Outcome.Fail(StatusCode.MissingInput).Text).IsEqualTo("Missing input with specific name");
        await Assert.That(Outcome.Fail(StatusCode.MissingInput, "Required input: b").Text).IsEqualTo("Missing input with specific name - Required input: b");
    }

    [Test]
    public async Task HiddenCharacters_AreVisibleInTheText()
    {
        Outcome turned = Outcome.Fail(StatusCode.MissingInput, "Required input: a\u202eb\u001b[2J\u200fc\nd 🦊 é");
        await Assert.That(turned.Detail).IsEqualTo(@"Required input: a\u202Eb\u001B[2J\u200Fc" + "\nd 🦊 é");
    }

    [Test]
    public async Task Value_ComesWithSuccessOnly()
    {
        Outcome<int> good = 7;
        Outcome<int> bad = Outcome.Fail(StatusCode.InvalidShape, "why");
        await Assert.That((good.IsOk, good.Value)).IsEqualTo((true, 7));
        await Assert.That((bad.IsOk, bad.Code, bad.Detail)).IsEqualTo((false, StatusCode.InvalidShape, "why"));
        await Assert.That(bad.WithoutValue.Text).IsEqualTo(bad.Text);
    }

    [Test]
    public async Task Exception_CarriesTheOutcome()
    {
        OvmsException thrown = new(StatusCode.FileInvalid, "model.xml");
        await Assert.That(thrown.Message).IsEqualTo("File not found or cannot open - model.xml");
        await Assert.That(thrown.Outcome.Code).IsEqualTo(StatusCode.FileInvalid);
    }
}
