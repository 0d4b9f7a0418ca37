@echo off
rem One door for developers on Windows: build, test, pack.
setlocal
cd /d "%~dp0"
if "%1"=="build" ( dotnet build Culvert.slnx -v quiet -nologo & exit /b )
if "%1"=="pack" ( dotnet pack src\Culvert -c Release -v quiet -nologo && dotnet pack src\Culvert.Logging -c Release -v quiet -nologo & exit /b )
if "%1"=="test" (
    dotnet build Culvert.slnx -v quiet -nologo || exit /b 1
    for %%s in (Culvert.Tests Culvert.CrossProcess.Tests Culvert.Collector.Tests Culvert.Web.Tests) do (
        artifacts\bin\%%s\debug\%%s.exe --no-progress || set failed=1
    )
    if defined failed exit /b 1
    exit /b 0
)
echo Usage: build.cmd build ^| test ^| pack
exit /b 2
