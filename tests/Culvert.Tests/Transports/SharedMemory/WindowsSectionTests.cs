using System.Diagnostics;
using System.Runtime.Versioning;
using Culvert.Connections;
using Culvert.Transports.SharedMemory;
using Culvert.Transports.Windows;
using Microsoft.Win32.SafeHandles;

namespace Culvert.Tests.Transports.SharedMemory;

/// <summary>Sections of Windows, given by this process to itself.</summary>
[SupportedOSPlatform("windows")]
public sealed class WindowsSectionTests : IDisposable
{
    private const int Capacity = SharedMemoryLimits.RingBytesMin;
    private const int SleepMs = 20_000;

    private PeerProcess? _self;

    public void Dispose() => _self?.Dispose();

    [Fact]
    public unsafe void TryOpen_WhatWasShared_IsTheSameMemoryTwiceInARow()
    {
        var (made, opened) = Share();
        Assert.Equal(Capacity, opened.Capacity);
        var rings = new[] { (made.ToListener, opened.ToListener), (made.ToClient, opened.ToClient) };
        foreach (var (mine, theirs) in rings)
        {
            new Random(7).NextBytes(new Span<byte>(mine.Data, Capacity));
            var first = new ReadOnlySpan<byte>(theirs.Data, Capacity);
            Assert.True(first.SequenceEqual(new ReadOnlySpan<byte>(mine.Data, Capacity)));
            Assert.True(first.SequenceEqual(new ReadOnlySpan<byte>(theirs.Data + Capacity, Capacity)));
            mine.Data[2 * Capacity - 1]++;
            Assert.Equal(mine.Data[2 * Capacity - 1], theirs.Data[Capacity - 1]);
        }

        Assert.False(new ReadOnlySpan<byte>(made.ToListener.Data, Capacity)
            .SequenceEqual(new ReadOnlySpan<byte>(opened.ToListener.Data + 1, Capacity)));
        made.Retire();
        opened.Retire();
        opened.ToListener.Data[0] = 1; // Still there for whoever has the address.
    }

    [Fact]
    public async Task Wake_OfEitherRing_EndsTheSleepThereAlone()
    {
        var (made, opened) = Share();
        foreach (var isToClient in new[] { false, true })
        {
            var started = Stopwatch.GetTimestamp();
            var sleeping = Task.Run(
                () => Sleep(opened, isToClient, SleepMs), TestContext.Current.CancellationToken);
            Wake(made, isToClient);
            await sleeping.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.True(Stopwatch.GetElapsedTime(started).TotalMilliseconds < SleepMs);
        }

        made.Retire();
        opened.Retire();
        Wake(made, isToClient: false); // Nobody is there any more, which is no fault.
        Sleep(opened, isToClient: false, SleepMs);

        static unsafe void Sleep(SharedSection section, bool isToClient, int timeoutMs) =>
            section.Sleep(FlagOf(section, isToClient), *FlagOf(section, isToClient), timeoutMs);

        static unsafe void Wake(SharedSection section, bool isToClient) => section.Wake(FlagOf(section, isToClient));

        static unsafe uint* FlagOf(SharedSection section, bool isToClient) =>
            (uint*)((isToClient ? section.ToClient : section.ToListener).Header + RingLayout.ReaderSleepsOffset);
    }

    [Fact]
    public void TryOpen_WhatIsNoSection_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Sections of this kind are of Windows.");
        Assert.Null(WindowsSection.TryOpen(new SectionOffer(0x7FFF_FFF0, 0x7FFF_FFF4, 0x7FFF_FFF8)));

        var other = Kernel32.CreateFileMapping(-1, 0, Kernel32.PageReadWrite, 0, Capacity, 0);
        Assert.Null(WindowsSection.TryOpen(Offer(other))); // No section has this size.

        var empty = Kernel32.CreateFileMapping(
            -1, 0, Kernel32.PageReadWrite, 0, (uint)SectionLayout.Bytes(Capacity), 0);
        Assert.Null(WindowsSection.TryOpen(Offer(empty))); // It has no head.

        using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1,
            FileOptions.DeleteOnClose);
        file.SetLength(SectionLayout.Bytes(Capacity));
        var ofFile = Kernel32.CreateFileMapping(
            file.SafeFileHandle.DangerousGetHandle(), 0, Kernel32.PageReadWrite, 0, 0, 0);
        Assert.Null(WindowsSection.TryOpen(Offer(ofFile))); // A file can fail at any time.

        static SectionOffer Offer(SafeFileHandle memory)
        {
            var handle = memory.DangerousGetHandle();
            memory.SetHandleAsInvalid(); // Who opens it closes it.
            return new SectionOffer(handle, Event(), Event());
        }

        static nint Event()
        {
            var made = Kernel32.CreateEvent(0, isManualReset: false, isSet: false, 0);
            var handle = made.DangerousGetHandle();
            made.SetHandleAsInvalid();
            return handle;
        }
    }

    [Fact]
    public async Task Connect_TrustingAnyOwner_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "On Linux no handle is put into the client.");
        var error = await Assert.ThrowsAsync<ConnectionException>(async () => await Ipc.ConnectAsync(
            $"shm://culvert-test-{Guid.NewGuid():N}?owner=any",
            cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(ConnectionError.InvalidEndpoint, error.Error);
    }

    private (SharedSection Made, SharedSection Opened) Share()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Sections of this kind are of Windows.");
        _self = PeerProcess.TryOpen(Environment.ProcessId, duplicates: true);
        var made = WindowsSection.TryShare(Capacity, _self!, out var offer);
        var opened = WindowsSection.TryOpen(offer);
        Assert.NotNull(made);
        Assert.NotNull(opened);
        return (made, opened);
    }
}
