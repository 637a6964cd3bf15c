using Ovms.Frontends.Grpc.Transport;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Grpc.Transport;

public sealed class ChannelArgumentsTests
{
    [Test]
    public async Task Empty_IsTheDefault()
    {
        await Assert.That(Parse("")).IsEqualTo(ChannelArguments.Default);
        await Assert.That(ChannelArguments.Default.MaxReceiveMessageLength).IsEqualTo(1 << 30);
    }

    [Test]
    public async Task KnownNames_AreCarriedOver()
    {
        ChannelArguments arguments = Parse(
            "grpc.max_concurrent_streams=100, grpc.keepalive_time_ms=30000,grpc.keepalive_timeout_ms=5000,grpc.max_connection_idle_ms=60000,"
            + "grpc.max_connection_age_ms=2000,grpc.max_connection_age_grace_ms=500,grpc.max_receive_message_length=1024,grpc.max_send_message_length=2048");

        await Assert.That(arguments).IsEqualTo(new ChannelArguments
        {
            MaxConcurrentStreams = 100,
            KeepAliveTime = TimeSpan.FromSeconds(30),
            KeepAliveTimeout = TimeSpan.FromSeconds(5),
            MaxConnectionIdle = TimeSpan.FromMinutes(1),
            MaxConnectionAge = TimeSpan.FromSeconds(2),
            MaxConnectionAgeGrace = TimeSpan.FromMilliseconds(500),
            MaxReceiveMessageLength = 1024,
            MaxSendMessageLength = 2048,
        });
    }

    [Test]
    [Arguments("grpc.max_concurrent_streams")]
    [Arguments("grpc.max_concurrent_streams=")]
    [Arguments("=1")]
    [Arguments("a=b=c")]
    [Arguments("a=1,,b=2")]
    [Arguments(",a=1")]
    public async Task NoPair_IsRefused(string text)
    {
        Outcome<ChannelArguments> parsed = ChannelArguments.Parse(text);
        await Assert.That(parsed.Code).IsEqualTo(StatusCode.GrpcChannelArgWrongFormat);
        await Assert.That(parsed.Text).Contains("Expected: name=value; Actual: '");
    }

    [Test]
    [Arguments("grpc.max_concurrent_streams=7,", 7)]
    [Arguments("grpc.max_concurrent_streams=7abc", 7)]
    [Arguments("grpc.max_concurrent_streams=+7", 7)]
    [Arguments("grpc.max_concurrent_streams=3,grpc.max_concurrent_streams=7", 7)]
    public async Task NumbersAndCommas_AreReadAsTheOriginalDoes(string text, int streams)
    {
        await Assert.That(Parse(text)).IsEqualTo(new ChannelArguments { MaxConcurrentStreams = streams });
    }

    [Test]
    [Arguments("grpc.http2.bdp_probe=1", "grpc.http2.bdp_probe has no counterpart")]
    [Arguments("grpc.lb_policy_name=round_robin", "grpc.lb_policy_name has no counterpart")]
    public async Task WhatIsNotHere_IsNotedAndChangesNothing(string text, string note)
    {
        ChannelArguments arguments = Parse(text);
        await Assert.That(arguments.Notes.Single()).Contains(note);
        await Assert.That(arguments with { Notes = [] }).IsEqualTo(ChannelArguments.Default);
    }

    [Test]
    [Arguments("grpc.max_concurrent_streams=99999999999999999999", "is out of the range of 32 bits")]
    [Arguments("grpc.max_concurrent_streams=-99999999999", "is out of the range of 32 bits")]
    [Arguments("grpc.max_concurrent_streams=0", "should be at least 1")]
    [Arguments("grpc.max_connection_age_ms=-5", "should be at least 1")]
    public async Task OutOfRange_IsAWarningAndChangesNothing(string text, string warning)
    {
        ChannelArguments arguments = Parse(text);
        await Assert.That(arguments.Warnings.Single()).Contains(warning);
        await Assert.That(arguments with { Warnings = [] }).IsEqualTo(ChannelArguments.Default);
    }

    [Test]
    [Arguments("grpc.max_concurrent_streams=x")]
    [Arguments("grpc.max_concurrent_streams=many,grpc.keepalive_time_ms=9")]
    [Arguments("grpc.keepalive_time_ms=9,grpc.max_send_message_length=-")]
    public async Task TextForANumber_IsAUsageError(string text)
    {
        Outcome<ChannelArguments> parsed = ChannelArguments.Parse(text);
        await Assert.That(parsed.Code).IsEqualTo(StatusCode.OptionsUsageError);
        await Assert.That(parsed.Text).Contains("Expected: a whole number; Actual: '");
    }

    [Test]
    public async Task PingsBelowASecond_AreASecond()
    {
        ChannelArguments arguments = Parse("grpc.keepalive_time_ms=200");
        await Assert.That(arguments.KeepAliveTime).IsEqualTo(TimeSpan.FromSeconds(1));
        await Assert.That(arguments.Notes.Single()).Contains("is taken as 1000");
    }

    [Test]
    public async Task Forever_IsTheDefault()
    {
        await Assert.That(Parse("grpc.max_connection_age_ms=2147483647,grpc.keepalive_time_ms=2147483647")).IsEqualTo(ChannelArguments.Default);
    }

    [Test]
    public async Task NoLimitOfLength_IsTheLargestTensor()
    {
        ChannelArguments arguments = Parse("grpc.max_receive_message_length=-1,grpc.max_send_message_length=2000000000");
        await Assert.That(arguments.MaxReceiveMessageLength).IsEqualTo(NativeBuffer.MaxLength);
        await Assert.That(arguments.MaxSendMessageLength).IsEqualTo(NativeBuffer.MaxLength);
    }

    private static ChannelArguments Parse(string text)
    {
        Outcome<ChannelArguments> parsed = ChannelArguments.Parse(text);
        return parsed.IsOk ? parsed.Value : throw new InvalidOperationException(parsed.Text);
    }
}
