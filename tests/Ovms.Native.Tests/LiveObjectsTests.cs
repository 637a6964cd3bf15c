namespace Ovms.Native.Tests;

public sealed class LiveObjectsTests
{
    [Test]
    public async Task Counter_IsExactWhateverThreadsCount()
    {
        LiveCount count = new();
        Thread[] threads =
        [
            .. Enumerable.Range(0, 8).Select(index => new Thread(() =>
            {
                for (int i = 0; i < 10_000; i++)
                {
                    if (index % 2 == 0)
                    {
                        count.Up();
                    }
                    else
                    {
                        count.Down();
                    }
                }
            })),
        ];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        await Assert.That(count.Value).IsEqualTo(0);
        count.Up();
        await Assert.That(count.Value).IsEqualTo(1);
    }
}
